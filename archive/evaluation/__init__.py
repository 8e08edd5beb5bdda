"""The evaluation report of a division and year, as a document for readers (评估报告)."""

"""Keep, query and audit what the crawler brought and the extractor read."""

"""Scrapy's spiders: there is one, which visits places."""

"""Documents of the archive as the web pages show them: pictures of pages, and harmless copies."""

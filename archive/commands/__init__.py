"""Groups of subcommands of ``gongkai``, each a few lines over the packages."""

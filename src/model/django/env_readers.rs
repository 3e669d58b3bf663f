//! django-environ, python-decouple, environs, dj-database-url, python-dotenv: how each reads the environment.

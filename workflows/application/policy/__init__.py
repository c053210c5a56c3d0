"""Rules of an application that need no database: who may go, who comes first, who gets what."""

"""The front of Passerelle: pages, API, command line, and the roots that wire everything."""

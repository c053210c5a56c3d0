"""Institutions that send and receive students, and the departments of the home one."""

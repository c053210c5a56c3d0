"""The pages of Passerelle, one module a place people go to."""

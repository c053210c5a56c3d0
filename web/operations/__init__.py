"""The pages of those who operate Passerelle."""

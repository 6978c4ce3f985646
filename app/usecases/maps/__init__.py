"""Maps that leave the service: pictures, feature layers and export files."""

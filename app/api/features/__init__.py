"""OGC API - Features: the published plan for QGIS and GDAL, by address."""

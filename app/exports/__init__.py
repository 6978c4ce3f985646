"""Plans, areas and rates as the files that analysts open: GeoPackage, GeoJSON, FlatGeobuf, GeoParquet, XLSX, CSV."""

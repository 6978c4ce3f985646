"""The arrays and kernels that search and bound share."""

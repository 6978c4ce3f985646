"""Sustainable hourly rates, line by line, from wage and mileage inputs. Pure domain; knows nothing of places."""

"""The parts that classification into price bands is made of; `geo.bands` is the door."""

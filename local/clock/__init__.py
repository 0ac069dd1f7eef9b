"""The time of the local world, which travels."""

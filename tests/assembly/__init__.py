"""The whole product, put together: what each adapter really received."""

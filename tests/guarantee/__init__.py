"""The promise, broken in every way there is: nobody is lost, nothing is sent twice unmarked."""

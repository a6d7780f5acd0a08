"""A child that does nothing, on a leash."""

import time

from provefirst.engine.leash import end_with_parent

if __name__ == "__main__":
    end_with_parent()
    time.sleep(600)

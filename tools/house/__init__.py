"""The house rules, one module per kind; tools/check_house.py runs them all."""

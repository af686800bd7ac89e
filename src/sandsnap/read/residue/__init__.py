"""Residue: the amounts on a watched page that no fact uses and no reviewed ignore-entry covers.

A new fee, plan or limit shows up here although every known fact still reads the same. An amount is money (any
currency), a percentage, a duration, a size, a rate or a count of something this project is about (sandboxes, vCPUs,
GPUs, requests, seats …; also a bare figure in a table whose row or column names one). Code samples, navigation and
JSON feeds are left out. An amount is accounted for when

  used     it stands in the row or the words that a fact cites, and its figure is one of that fact's figures; or
  ignored  an entry of the vendor's TOML covers it (ignored.py); or it is money and zero, which is no row of the contract.
"""

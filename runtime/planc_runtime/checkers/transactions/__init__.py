"""Isolation of transactions, judged from what clients saw, in the manner of Elle.

Kingsbury and Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations" (VLDB
2020); anomalies are named as in Adya, "Weak Consistency" (1999).
"""

"""A bank: money goes from the vault to accounts and back, and none is ever made or lost."""

from __future__ import annotations

import asyncio
from typing import Any

from serving import Refused, serve

BOOKING = 0.005
"""Seconds between taking money here and putting it there: a disk, another table."""


class Bank:
    def __init__(self, planted: frozenset[str]) -> None:
        self.planted = planted
        self.balances = {"vault": 1000}
        self.books = asyncio.Lock()

    async def pay_out(self, account: str, amount: int) -> bool:
        return await self.transfer("vault", account, amount)

    async def pay_in(self, account: str, amount: int) -> bool:
        return await self.transfer(account, "vault", amount)

    async def transfer(self, source: str, target: str, amount: int) -> bool:
        # Right: one transfer at a time looks into the books and changes them.
        if "books_lie_open" in self.planted:
            return await self.book(source, target, amount)
        async with self.books:
            return await self.book(source, target, amount)

    async def book(self, source: str, target: str, amount: int) -> bool:
        here, there = self.balances.get(source, 0), self.balances.get(target, 0)
        if here < amount:
            raise Refused(f"{source} holds only {here}")
        self.balances[source] = here - amount
        await asyncio.sleep(BOOKING)
        self.balances[target] = there + amount
        return True

    async def read_all(self) -> dict[str, int]:
        # Right: who reads waits for the transfer that is under way.
        if "reads_between" in self.planted:
            return self.balances
        async with self.books:
            return self.balances


async def main(node: Any) -> None:
    """Serve the bank until it is stopped."""
    await serve(node, Bank(node.planted))

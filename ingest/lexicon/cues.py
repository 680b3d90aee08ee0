"""Groups of words that are looked for all at once: what a text shows at a glance."""

from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick


class Cues:
    """Groups of words, numbered from 0. A group is there when one of its words is, anywhere in the text."""

    def __init__(self, groups: Iterable[Iterable[str]]) -> None:
        rows = [(word, number) for number, words in enumerate(groups) for word in words]
        self._automaton = AhoCorasick([word for word, _ in rows])
        self._bits = [1 << number for _, number in rows]

    def found(self, text: str) -> int:
        """Return the groups that are there, as bits. Words are compared as they are written."""
        found = 0
        for index, _, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            found |= self._bits[index]
        return found

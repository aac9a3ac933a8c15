"""R's random numbers as `RNGversion("1.6.2")` draws them, so that R's own examples can be run."""

import math

import numpy as np

_MASK = 0xFFFFFFFF


class MarsagliaMulticarry:
    """The generator of R before 1.7, seeded as `set.seed` does."""

    def __init__(self, seed):
        for _ in range(51):
            seed = (69069 * seed + 1) & _MASK
        self.first, self.second = seed, (69069 * seed + 1) & _MASK

    def uniform(self):
        self.first = (36969 * (self.first & 0xFFFF) + (self.first >> 16)) & _MASK
        self.second = (18000 * (self.second & 0xFFFF) + (self.second >> 16)) & _MASK
        return (((self.first << 16) ^ (self.second & 0xFFFF)) & _MASK) * 2.328306437080797e-10

    def exponential(self, n):
        return np.array([self._exponential() for _ in range(n)])

    def sample(self, values, n):
        return np.array([values[int(len(values) * self.uniform())] for _ in range(n)])

    def _exponential(self):
        """Ahrens & Dieter (1972), Communications of the ACM 15:873-882, algorithm SA."""
        q = np.cumsum([math.log(2) ** k / math.factorial(k) for k in range(1, 17)])
        whole, u = 0.0, 2 * self.uniform()
        while u <= 1:
            whole, u = whole + q[0], 2 * u
        u -= 1
        if u <= q[0]:
            return whole + u
        smallest, place = self.uniform(), 0
        while True:
            smallest, place = min(smallest, self.uniform()), place + 1
            if u <= q[place]:
                return whole + smallest * q[0]

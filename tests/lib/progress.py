"""A progress that shows nothing."""


class Silent:
    def begin(self, step):
        pass

    def end(self, step):
        pass

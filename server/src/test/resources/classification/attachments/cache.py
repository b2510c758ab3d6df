class Cache:
    def __init__(self, loader, ttl=60):
        self.loader = loader
        self.ttl = ttl
        self.values = {}

    def get(self, key):
        if key in self.values:
            value, at = self.values[key]
            if time.time() - at < self.ttl:
                return value
            del self.values[key]
        value = self.loader(key)
        self.values[key] = (value, time.time())
        return value

    def purge(self):
        for key in self.values:
            if time.time() - self.values[key][1] > self.ttl:
                del self.values[key]

"""The engine as a whole: real streams, real processes, fakes only for the models."""

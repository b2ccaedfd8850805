"""How fast, as ratios: a page of ours against a bare page of the same size in the same process."""

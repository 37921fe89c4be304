"""A pretend Zalo Bot Platform over the world, with its JSON, its errors and its open questions.

Written from the platform's pages (https://bot.zaloplatforms.com/docs) and from what authors of
bots have measured. Where they disagree there is a switch in `rules.Rules`.
"""

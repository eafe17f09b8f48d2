"""All that a message is: how it is made, who may send, how it travels and what it unlocks.

``messages``: from when on a received value is a message, and how messages are counted and numbered.
``dru``: from what a network says to what is sent. ``gate``: who may speak. ``channel``: sending,
delivering, and what a message unlocks. ``controls``: channels that carry something else than what
was said. ``registry``: channels by name. ``disturbances``: what happens on their way.
``message_norm``: messages as the networks hear them.
"""

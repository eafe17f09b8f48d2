"""All that a message is: how it is made, who may send, how it travels and what it unlocks."""

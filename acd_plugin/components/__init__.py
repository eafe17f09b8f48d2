"""Small parts that agents, controllers, learners and runners share."""

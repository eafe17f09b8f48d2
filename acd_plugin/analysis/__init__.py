"""What recorded runs say: reads run folders only, and needs neither torch nor a host."""

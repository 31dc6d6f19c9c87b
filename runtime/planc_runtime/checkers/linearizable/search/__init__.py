"""What nothing faster decides: a search among all orders, for any model, bounded by a budget."""

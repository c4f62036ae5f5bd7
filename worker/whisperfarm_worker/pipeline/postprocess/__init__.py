"""What is known of words without any model: their times, order, speakers and segments."""

"""The stages of an attempt, one file each: a stage takes the work as it is and answers the next."""

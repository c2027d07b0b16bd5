"""Makes one complete, fictional incident: texts/ holds the story and its words, these modules roll the dice (one seed) and write the files."""

"""Extensions that come with the product, written against the same contract as anybody's."""

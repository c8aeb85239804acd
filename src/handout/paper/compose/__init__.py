"""The three parts of composing a document: arrange its blocks, write them, dress them. All pure."""

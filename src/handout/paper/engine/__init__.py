"""The room that knows WeasyPrint: from HTML to a tagged PDF, and what is wrong with it."""

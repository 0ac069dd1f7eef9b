"""Foreign shapes become domain words, with no web framework: webhooks, receipts, forms, lists."""

"""Tables in Parquet as every reader knows them."""

import pyarrow as pa


def with_plain_text(schema: pa.Schema) -> pa.Schema:
    """The same columns, texts as plain strings."""
    kinds = pa.types
    texts = [field.name for field in schema if kinds.is_large_string(field.type) or kinds.is_dictionary(field.type)]
    plain = [field.with_type(pa.string()) if field.name in texts else field for field in schema]
    return pa.schema(plain, schema.metadata)

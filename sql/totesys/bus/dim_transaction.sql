-- mart: bus.dim_transaction
-- The latest state of each transaction, with the order that it is about.
-- key: transaction_id

-- columns
transaction_id int unsigned
transaction_type varchar(1000) null
sales_order_id int unsigned null
purchase_order_id int unsigned null

-- affected by transaction
select c.transaction_id from changes.transaction c
where c.change_kind = 'inserted' or not (
  cast(c.old_transaction_type as binary) <=> cast(c.new_transaction_type as binary)
  and c.old_sales_order_id <=> c.new_sales_order_id
  and c.old_purchase_order_id <=> c.new_purchase_order_id
)

-- rows
select t.transaction_id, t.transaction_type, t.sales_order_id, t.purchase_order_id
from [[affected straight_join]] bulk.transaction t [[on t.transaction_id = affected.transaction_id]]

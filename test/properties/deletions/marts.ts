/** Marts of items and stock, which hold NULL and lose rows. */
export const martFiles = [
  {
    path: 'bus/group_items.sql',
    text: `-- mart: bus.group_items
-- Items of each group; those without one are of group 0.
-- key: group_id

-- columns
group_id int
items bigint
named bigint
first_name varchar(20) null

-- affected by items
select coalesce(c.old_group_id, 0) as group_id from changes.items c where c.change_kind <> 'inserted'

-- affected by items
select coalesce(c.new_group_id, 0) as group_id from changes.items c where c.change_kind <> 'deleted'

-- rows
select coalesce(i.group_id, 0), count(*), count(i.name), min(i.name)
from [[affected straight_join]] bulk.items i [[on coalesce(i.group_id, 0) = affected.group_id]]
group by coalesce(i.group_id, 0)
`,
  },
  {
    path: 'bus/item_stock.sql',
    text: `-- mart: bus.item_stock
-- The pieces of each item in all regions.
-- key: item_id

-- columns
item_id int unsigned
name varchar(20) null
regions bigint
pieces decimal(30,0) null

-- affected by items
select c.item_id from changes.items c

-- affected by stock
select c.sku as item_id from changes.stock c

-- rows
select i.item_id, i.name, count(s.sku), sum(s.pieces)
from [[affected straight_join]] bulk.items i [[on i.item_id = affected.item_id]]
left join bulk.stock s on s.sku = i.item_id
group by i.item_id, i.name
`,
  },
] as const;

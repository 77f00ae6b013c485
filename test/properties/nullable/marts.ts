const file = (name: string, text: string) => ({ path: `bus/${name}.sql`, text: text.trimStart() });

/** A mart of each kind, over columns that may be NULL. */
export const martFiles = [
  file(
    'groups',
    `
-- mart: bus.groups
-- Things of each group; those without one are of group -99.
-- key: group_id

-- columns
group_id int
things bigint
named bigint
price decimal(20,2) null
first_name varchar(9) null
last_opens time null

-- affected by things
select coalesce(c.old_group_id, -99) as group_id from changes.things c where c.change_kind <> 'inserted'

-- affected by things
select coalesce(c.new_group_id, -99) as group_id from changes.things c

-- rows
select coalesce(t.group_id, -99), count(*), count(t.name), sum(t.price), min(t.name), max(t.opens)
from [[affected straight_join]] bulk.things t [[on coalesce(t.group_id, -99) = affected.group_id]]
group by coalesce(t.group_id, -99)
`,
  ),
  file(
    'dim_things',
    `
-- mart: bus.dim_things
-- Things as they are, with the id of the day of their change.
-- key: thing_id
-- count by: is_named, is_open (cents)

-- columns
thing_id int unsigned
is_named boolean
is_open tinyint
cents bigint
day_id int unsigned null
note mediumtext null

-- affected by things
select c.thing_id from changes.things c

-- rows
select t.thing_id, t.name is not null, coalesce(t.is_open, -1), coalesce(t.price * 100, 0), d.day_id, t.note
from [[affected straight_join]] bulk.things t [[on t.thing_id = affected.thing_id]]
left join gear.thing_days d on d.day = date(t.changed_at)
`,
  ),
  file(
    'fact_versions',
    `
-- mart: bus.fact_versions
-- Every version of every thing.
-- key: record_id

-- columns
record_id int unsigned
thing_id int unsigned
changed_at datetime null
name varchar(9) null
price decimal(6,2) null

-- affected by thing_versions
select i.record_id from changes.thing_versions c
straight_join gear.ids_thing_versions i on i.thing_id = c.thing_id and i.changed_at_key = c.changed_at_key

-- rows
select i.record_id, v.thing_id, v.changed_at, v.name, v.price
from [[affected straight_join]] gear.ids_thing_versions i [[on i.record_id = affected.record_id]]
join bulk.thing_versions v on v.thing_id = i.thing_id and v.changed_at_key = i.changed_at_key
`,
  ),
  file(
    'newest_versions',
    `
-- mart: bus.newest_versions
-- The greatest time of each thing, and how many versions it has.
-- key: thing_id
-- after: bus.fact_versions

-- columns
thing_id int unsigned
versions bigint
newest datetime null
name varchar(9) null

-- affected by thing_versions
select c.thing_id from changes.thing_versions c

-- rows
select v.thing_id, count(*), max(v.changed_at), max(case when v.place = 1 then v.name end)
from (
  select f.thing_id, f.changed_at, f.name,
    row_number() over (partition by f.thing_id order by f.changed_at is null, f.changed_at desc) as place
  from [[affected straight_join]] bus.fact_versions f [[on f.thing_id = affected.thing_id]]
) v
group by v.thing_id
`,
  ),
  file(
    'city_sums',
    `
-- mart: gear.city_sums
-- kind: additive
-- of: moves
-- key: city, is_timed
-- Moves of each city, with and without a time.

-- columns
city smallint unsigned
is_timed boolean
moves bigint sum
weighed bigint sum
weight decimal(20,2) sum
last_move datetime max

-- rows
select m.city, m.moved_at is not null, count(*), count(m.weight), coalesce(sum(m.weight), 0), coalesce(max(m.moved_at), cast('1000-01-01 00:00:00' as datetime))
from landed.moves m
group by m.city, m.moved_at is not null
`,
  ),
];

-- mart: bus.design_reviews
-- How many reviews each design has, and their stars on average: the later delivery of a review counts.
-- key: design_id

-- columns
design_id int unsigned
reviews bigint
average_stars decimal(3,2)

-- affected by product_reviews
select c.old_design_id as design_id from changes.product_reviews c

-- affected by product_reviews
select c.new_design_id as design_id from changes.product_reviews c

-- rows
select r.design_id, count(*) as reviews, round(cast(sum(r.stars) as decimal(45,15)) / count(*), 2) as average_stars
from [[affected straight_join]] bulk.product_reviews r [[on r.design_id = affected.design_id]]
group by r.design_id
